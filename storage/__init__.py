"""The only SQL in the house: schema, migrations, transactions, vote writer, ledger."""
