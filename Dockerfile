# Rapport as a container: docker compose up --build (compose.yaml), or docker build -t rapport . See docs/deployment.md.
FROM python:3.11-slim-bookworm

# Chromium makes PDF and pictures of pages; Inter draws Latin text in them, Noto Chinese.
RUN apt-get update \
    && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends chromium fonts-inter fonts-noto-cjk \
    && rm -rf /var/lib/apt/lists/*

# A number of its own, so that whoever prepares folders and files for it knows whom to give them to.
RUN groupadd --gid 10001 rapport && useradd --uid 10001 --gid 10001 --no-create-home --home-dir /tmp --shell /usr/sbin/nologin rapport

WORKDIR /app
COPY requirements.txt .
RUN pip install --no-cache-dir --no-deps -r requirements.txt

COPY . .
RUN python -m compileall -q -j 0 . \
    && install -d -o rapport -g rapport -m 0700 /data

# Everything that is written lies in /data (the volume) and /tmp; the rest may be read-only.
# /config holds what the administrator writes: secrets.toml (sign-in) and access.toml (who has which role).
ENV HOME=/tmp \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    OPENBLAS_NUM_THREADS=1 \
    RAPPORT_DB=/data/rapport.duckdb \
    RAPPORT_ACCESS=/config/access.toml \
    STREAMLIT_SECRETS_FILES=/config/secrets.toml \
    STREAMLIT_SERVER_ADDRESS=0.0.0.0 \
    STREAMLIT_SERVER_PORT=8501

USER 10001:10001
VOLUME /data
EXPOSE 8501

# The script's health, not the server's: the latter is well even when no page can be shown.
HEALTHCHECK --interval=60s --timeout=30s --start-period=60s --retries=3 \
    CMD ["python", "-c", "from urllib.request import urlopen; urlopen('http://127.0.0.1:8501/_stcore/script-health-check', timeout=25)"]

CMD ["python", "-m", "streamlit", "run", "asgi.py"]
