"""The JSON Schemas (2020-12) of the exports, one a kind: `KIND.schema.json`."""
