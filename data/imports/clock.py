"""The one place of the import that asks what day it is: a date beyond tomorrow cannot have happened."""

import datetime as dt


def latest_allowed() -> str:
    """Midnight after tomorrow, as an SQL timestamp: exports may come from a place where it is tomorrow already."""
    return (dt.datetime.now().date() + dt.timedelta(days=2)).isoformat()
