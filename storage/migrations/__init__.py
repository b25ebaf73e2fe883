"""Steps from one schema to the next; `storage.migrate` runs them."""
