"""An access file with a person of each role, and one who sees a region alone."""

ACCESS = """
[roles]
administrator = ["ada@example.com"]
analyst = ["bo@example.com"]
viewer = ["@example.com"]

[[scope]]
who = ["eva@example.com"]
region = ["East China"]
"""
