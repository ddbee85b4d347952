"""The one store of the process."""

import streamlit as st

from data.backups import Keeper
from data.settings import Settings
from data.store import Store


@st.cache_resource(show_spinner=False)
def store() -> Store:
    """Opened once, at the place that the settings name. Pages reach it through cached.access(), which knows who asks."""
    opened = Store.open(Settings.read().db)
    Keeper(opened)
    return opened
