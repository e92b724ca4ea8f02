namespace Mainstay.Spec.Tests.Parsing;

/// <summary>A manifest with one mistake of nearly every kind, as people make them.</summary>
internal static class ManyMistakes
{
    public const string Text = """
        stack: URL_Tracker
        edge:
          listen: [ "http://*:80", "https://127.0.0.1:8443", "http://127.0.0.1:3000", "http://0.0.0.0:3000" ]
          trusted_proxies: [ 10.1.2.3/8 ]
          certifcates: []
        services:
          api:
            comand: [ node, server.js ]
            instances: two
            port: 3000
            environment:
              TOKEN: ${API_TOKEN:?ask the billing team}
              EMPTY:
              MAINSTAY_SERVICE: api
            depends_on: [ db, redis, api ]
            healthcheck: { http: health, interval: 10, retires: 5 }
            restart: { policy: on_failure, backoff: { initial: 1m, max: 5s } }
            resources: { memory: 500M, memory_warn: 2GB, cpus: many }
            stop: { signal: SIGTRM, grace: 2 hours }
            source: { git: "../shop", directory: . }
            directory: /srv/api
            artifacts: [ ../dist/server.js ]
            backup: { keep: 5 }
            deploy: { strategy: blue_gren, verify: [ { htp: /version } ], rollback_on: { error_rate: 2x, p99: 500ms }, keep_releases: 1 }
          proxy-server:
            command: node proxy.js && echo done
            port: 3000
            instances: 2
            logs: 50MB
            build: "npm ci && npm run build"
            deploy: { strategy: blue_green, canary: { percent: 120 } }
          worker:
            cwd: worker
            command: "node 'worker.js"
            env_file: { file: worker.env }
            env_schema: worker.schema.yaml
            depends_on: { mailer: healthy, redis: completed }
            healthcheck: { interval: 5s }
          worker:
            command: node worker.js
          mailer:
            command: [ node, mailer.js ]
            depends_on: [ queue ]
          queue:
            command: [ node, queue.js ]
            source: { archive: queue.tar.gz, sha256: abc }
            migrate: "migrate > log"
            deploy: { strategy: canary, canary: { header: "x-canary=1", for: 20m } }
            depends_on: [ mailer ]
            port: 70000
          hub1:
            kind: hub
            shell: yes
        external:
          redis: { tcp: "redis://127.0.0.1:6379" }
        routes:
          - { path: api, service: api }
          - { host: "https://example.com/", path: /b/*, service: aip }
          - { path: /, service: mailer, guards: { concurrency: 100 } }
          - { path: /, service: worker, timeout: none }
        switches: { trackier: { default: on } }

        """;
}
