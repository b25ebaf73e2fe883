"""Who takes part, for whom they speak, and what is kept about them."""
