"""What the made-up chain's programme and tills add to its orders. Each stage draws from a stream of its own."""
