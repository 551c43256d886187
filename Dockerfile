# The image holds the static binary and nothing else: build it with `make build` first.
FROM scratch
COPY bin/fred /fred
USER 65532:65532
ENTRYPOINT ["/fred"]
