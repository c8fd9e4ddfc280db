"""Benefits for members (普惠与疗休养): offers of merchants, the waived medical-service fee, recuperation."""
