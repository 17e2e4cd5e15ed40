# syntax=docker/dockerfile:1
# Copytrader in a container: built in one stage, run in another without compilers, sources and npm's cache, as an ordinary user.
#
#   docker build -t copytrader .
#   docker run -d --restart unless-stopped --name copytrader --init --stop-timeout 15 --env-file .env -v "$(pwd)/data:/app/data" copytrader
#
# docs/deployment-guide.md tells of the volume's owner, the encryption key and the dashboard.

FROM node:24-bookworm-slim AS build
WORKDIR /build
COPY package.json package-lock.json .npmrc ./
RUN npm ci
COPY tsconfig.json tsconfig.build.json ./
COPY scripts ./scripts
COPY src ./src
COPY web ./web
RUN npm run build && npm run build:web
# The image has a Node of its own; that of the packages is for machines without one.
RUN npm prune --omit=dev && rm -rf node_modules/node-linux-* node_modules/.cache

FROM node:24-bookworm-slim
LABEL org.opencontainers.image.title="Copytrader" \
      org.opencontainers.image.description="Self-hosted copy trading for Bybit" \
      org.opencontainers.image.licenses="MIT"
ENV NODE_ENV=production
WORKDIR /opt/copytrader
COPY --from=build /build/node_modules ./node_modules
COPY --from=build /build/dist ./dist
COPY --from=build /build/web/dist ./web/dist
COPY package.json LICENSE README.md .env.example ./
COPY bin ./bin
COPY fonts ./fonts
COPY config ./config
COPY docs ./docs
COPY examples ./examples
COPY scripts/backup scripts/monitor scripts/healthy ./scripts/
RUN ln -s /opt/copytrader/bin/copytrader /usr/local/bin/copytrader \
    && mkdir -p /app/config /app/data \
    && chown -R node:node /app
# Not writable: a key that was made here would be gone with the container, and nothing could read the account files again.
ENV HOME=/nonexistent
USER node
WORKDIR /app
VOLUME /app/data
HEALTHCHECK --interval=60s --timeout=20s --start-period=180s --retries=3 CMD ["/opt/copytrader/scripts/healthy"]
ENTRYPOINT ["copytrader"]
CMD ["start"]
