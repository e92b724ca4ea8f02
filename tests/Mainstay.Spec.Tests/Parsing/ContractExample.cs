namespace Mainstay.Spec.Tests.Parsing;

/// <summary>The manifest of the public contract without the keys that this version refuses.</summary>
internal static class ContractExample
{
    public const string Text = """
        stack: url-tracker                       # [a-z][a-z0-9-]{0,39}
        edge:
          listen: [ "http://127.0.0.1:8080" ]    # http or https
          certificates: [ { host: "*.example.com", cert: tls/fullchain.pem, key: tls/privkey.pem } ]
          trusted_proxies: [ 10.0.0.0/8 ]
          error_pages: errors/
        services:
          api:
            command: [ node, server.js ]
            directory: api
            instances: 2
            port: auto
            environment: { NODE_ENV: production }
            env_file: [ api.env ]
            env_schema: api.schema.yaml
            depends_on: [ redis ]
            healthcheck:
              http: /health
              interval: 10s
              timeout: 2s
              retries: 3
              start_period: 30s
              start_interval: 250ms
              headers: { x-tenant-id: dev }
              expect: { status: 200-299, json: { status: healthy } }
            restart: { policy: always, max_restarts: 10, window: 10m, backoff: { initial: 200ms, max: 30s }, stop_exit_codes: [], after_limit: park }
            resources: { memory: 500MB, memory_warn: 300MB, cpus: 1.0, open_files: 65535 }
            stop: { signal: SIGTERM, grace: 30s }
            user: app
            logs: { max_size: 50MB, max_files: 10 }
            source: { git: "../repo", ref: main }
            build: [ "npm ci", "npm run build" ]
            artifacts: [ dist/server.js ]
            migrate: "npm run migrate"
            backup: { paths: [ data ], command: "pg_dump shop > $MAINSTAY_BACKUP/db.sql", keep: 5 }
            deploy: { strategy: rolling, bake: 60s, verify: [ { http: /version } ], rollback_on: { error_rate: 2%, restarts: 1 }, deadline: 10m, keep_releases: 5 }
          audio:
            kind: process
            command: python3 -m audio
            environment: { PUBSUB_ADAPTER: redis_streams, REDIS_URL: "redis://127.0.0.1:6379", ACK_INTERVAL: "10" }
        external:
          redis: { tcp: "127.0.0.1:6379" }
        routes:
          - { host: api.example.com, path: /api, service: api, strip_prefix: false, timeout: 30s }

        """;

    public const string Schema = """
        REDIS_URL: { type: url, schemes: [redis, rediss], required_if: PUBSUB_ADAPTER=redis_streams }

        """;

    public static string? File(string path) => path == "/srv/app/api.schema.yaml" ? Schema : null;
}
