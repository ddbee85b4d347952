"""The one store of the process."""

import logging

import duckdb
import streamlit as st

from data.backups import Keeper
from data.errors import RapportError
from data.settings import Settings
from data.store import Store

LOG = logging.getLogger("rapport.store")
CLOSED = "The file could not be opened at the start: %(reason)s"


@st.cache_resource(show_spinner=False)
def store() -> Store:
    """Opened once, at the place that the settings name. Pages reach it through cached.access(), which knows who asks."""
    settings = Settings.read()
    opened = Store.open(settings.db)
    Keeper(opened, settings)
    return opened


def opens() -> bool:
    """Open it before anybody asks, so that backups are made. False, with a sentence in the log, when it cannot be opened now: pages try
    again, and say it too."""
    try:
        store()
    except (RapportError, OSError, duckdb.Error) as error:
        LOG.error(CLOSED, {"reason": str(error)})
        return False
    return True
