# Pawprint on a server: Discord only, no sandbox. Build it in the project's folder: docker build -t pawprint .
# docs/operating.md tells how to run it; deploy/compose.yaml does.
ARG PYTHON=3.13-slim-trixie

FROM python:${PYTHON} AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 \
    PIP_NO_CACHE_DIR=1 \
    PIP_NO_INPUT=1
WORKDIR /app
COPY requirements/server.txt requirements/
RUN python -m venv --without-pip /opt/venv \
 && python -m pip --python /opt/venv/bin/python install --require-hashes --only-binary :all: -r requirements/server.txt
COPY LICENSE ./
COPY bot/ bot/
COPY cogs/ cogs/
COPY sandbox/ sandbox/
# Compiled here, since nothing can be written later.
RUN /opt/venv/bin/python -m compileall -q --invalidation-mode unchecked-hash bot cogs sandbox \
 && rm -r requirements

FROM python:${PYTHON}
LABEL org.opencontainers.image.title="Pawprint" \
      org.opencontainers.image.description="A self-hosted Discord bot for cat and dog pictures, breeds, votes and favourites." \
      org.opencontainers.image.licenses="MIT"
# A number of its own, so that an operator can give a bind mount to it: chown 10001:10001.
RUN groupadd --gid 10001 pawprint \
 && useradd --uid 10001 --gid 10001 --no-log-init --no-create-home --home-dir /data --shell /usr/sbin/nologin pawprint \
 && install --directory --owner=10001 --group=10001 --mode=0700 /data
COPY --from=build /opt/venv /opt/venv
COPY --from=build /app /app
ENV PATH=/opt/venv/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    DATA_DIR=/data \
    HTTP_HOST=0.0.0.0 \
    HTTP_PORT=8080
WORKDIR /app
USER 10001:10001
VOLUME /data
EXPOSE 8080
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=30s --timeout=5s --start-period=120s --retries=3 \
  CMD ["python", "-c", "import http.client, os, sys; c = http.client.HTTPConnection('127.0.0.1', int(os.environ['HTTP_PORT']), timeout=4); c.request('GET', '/healthz'); sys.exit(c.getresponse().status != 200)"]
ENTRYPOINT ["python", "-m", "bot"]
