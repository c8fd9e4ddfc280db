"""Reading payroll and bank files of dues (会费到账文件)."""
