"""What people who mean harm hand in. The tables say what; the tests say that nothing runs, leaks, is written elsewhere or breaks a
session."""
