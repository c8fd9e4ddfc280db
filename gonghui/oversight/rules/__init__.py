"""Rules of oversight without a database (抽样、考核表、公布)."""
