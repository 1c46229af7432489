# The App and the command line. Notebooks never run in this image: they run in containers of their own, so the engine's
# socket is handed in:
#   docker build -t architect .
#   docker run --rm --init -v /var/run/docker.sock:/var/run/docker.sock -v "$PWD:/work" architect --help
#   docker run --init -p 3000:3000 --env-file .env -v /var/run/docker.sock:/var/run/docker.sock -v architect:/var/lib/architect architect serve
FROM node:24-bookworm-slim

# git clones what is asked for.
RUN apt-get update -qq \
 && apt-get install -y -qq --no-install-recommends ca-certificates git \
 && rm -rf /var/lib/apt/lists/*

WORKDIR /opt/architect
COPY package.json package-lock.json .npmrc ./
# The image has Node 24 itself; the optional packages are other ways to get it and native parts that nothing here needs.
RUN npm ci --omit=dev --omit=optional --ignore-scripts && npm cache clean --force
COPY bin bin
COPY src src
COPY sandbox sandbox

ENV NODE_ENV=production
ENV ARCHITECT_STATE=/var/lib/architect
EXPOSE 3000
WORKDIR /work
ENTRYPOINT ["/opt/architect/bin/architect.js"]
