# The image of safemig: the program, statically linked, and git, which it asks
# what is new; with a shell for the CI systems that run their scripts in it.
FROM --platform=$BUILDPLATFORM golang:1.26-bookworm AS build
WORKDIR /src
# PostgreSQL's own parser is C: another platform takes a compiler for it.
ARG TARGETARCH
RUN case "$TARGETARCH-$(dpkg --print-architecture)" in \
      arm64-amd64) compiler="gcc-aarch64-linux-gnu libc6-dev-arm64-cross" ;; \
      amd64-arm64) compiler="gcc-x86-64-linux-gnu libc6-dev-amd64-cross" ;; \
      *) exit 0 ;; \
    esac; \
    apt-get update -qq && apt-get install -y -qq --no-install-recommends $compiler
COPY go.mod go.sum ./
RUN go mod download
COPY . .
ARG VERSION=dev
RUN export CGO_ENABLED=1 GOOS=linux GOARCH="${TARGETARCH:-$(go env GOARCH)}"; \
    case "$GOARCH-$(dpkg --print-architecture)" in \
      arm64-amd64) export CC=aarch64-linux-gnu-gcc ;; \
      amd64-arm64) export CC=x86_64-linux-gnu-gcc ;; \
    esac; \
    go build -trimpath -tags netgo,osusergo \
      -ldflags "-s -w -linkmode external -extldflags -static -X github.com/safemig/safemig/internal/cli.version=$VERSION" -o /safemig ./cmd/safemig
RUN .github/release/licenses.sh

FROM alpine:3.22
# The repository is mounted and belongs to somebody else: git would not read it.
RUN apk add --no-cache git && git config --system --add safe.directory '*'
COPY LICENSE /usr/share/licenses/safemig/LICENSE
COPY --from=build /src/THIRD_PARTY_LICENSES.txt /usr/share/licenses/safemig/THIRD_PARTY_LICENSES.txt
COPY --from=build /safemig /usr/local/bin/safemig
USER nobody
WORKDIR /src
ENTRYPOINT ["safemig"]
