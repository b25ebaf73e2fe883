"""What the addressees did with the recommendations: the follow-up."""
