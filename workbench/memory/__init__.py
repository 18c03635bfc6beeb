"""What is remembered of conversations: so far, the sentences that say most."""
