"""Customer lifetime value by models of how customers buy and leave. Start in lifetime.py."""
