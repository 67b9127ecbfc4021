# The image of the API, the reconciler, and a worker for machines without a GPU.

FROM node:22-bookworm-slim AS studio
WORKDIR /studio/frontend
COPY frontend/package.json frontend/package-lock.json frontend/.npmrc ./
RUN npm ci --no-audit --no-fund
COPY frontend/ ./
COPY examples/ ../examples/
RUN npm run build

FROM python:3.11-slim-bookworm
ENV PYTHONUNBUFFERED=1 PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
WORKDIR /app
COPY requirements.lock ./
# With PyTorch's index of CPU builds as PIP_EXTRA_INDEX_URL, pip installs no CUDA libraries.
ARG PIP_EXTRA_INDEX_URL=""
RUN pip install --requirement requirements.lock
COPY pyproject.toml README.md alembic.ini ./
COPY backend/ backend/
COPY worker/ worker/
COPY inlay_engine/ inlay_engine/
COPY training/ training/
COPY inlay/ inlay/
COPY alembic/ alembic/
# pip compiles what it copies, and not these packages. The user `inlay` may not write what a process compiles.
RUN pip install --no-deps --no-build-isolation --editable . && python -m compileall -q backend inlay inlay_engine training worker
COPY --from=studio /studio/frontend/dist frontend/dist
RUN useradd --create-home inlay && mkdir data && chown inlay data
USER inlay
EXPOSE 8000
CMD ["inlay", "serve"]
