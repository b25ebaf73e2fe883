"""The conference: what the seminars send it, its agenda, and the texts it makes final."""
