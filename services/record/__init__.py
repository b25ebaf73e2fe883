"""What is published and can be proved afterwards: records, results, the ledger, the audit."""
