using Mainstay.Bench.Report;

namespace Mainstay.Bench.EdgeCost;

internal sealed class Nginx() : ChildProxy("nginx")
{
    public override Task<string> VersionAsync() => Machine.VersionAsync("nginx", "-v");

    protected override (string, string[]) Configure(Site site) => ("nginx", ["-p", site.Folder, "-c", site.Write("nginx.conf", $$"""
        worker_processes 2; daemon off; error_log /dev/null; pid {{site.Folder}}/nginx.pid;
        events { worker_connections 4096; }
        http {
          access_log off; keepalive_requests 100000000;
          upstream app { server 127.0.0.1:{{site.Upstream}}; keepalive 128; keepalive_requests 100000000; }
          server {
            listen 127.0.0.1:{{Clear}};
            listen 127.0.0.1:{{Tls}} ssl;
            ssl_certificate {{site.Certificate}}; ssl_certificate_key {{site.Key}};
            location / {
              proxy_pass http://app; proxy_http_version 1.1;
              proxy_set_header Connection ""; proxy_set_header Host $http_host;
              proxy_set_header X-Forwarded-For $remote_addr; proxy_set_header X-Forwarded-Proto $scheme; proxy_set_header X-Forwarded-Host $http_host;
            }
          }
        }
        """)]);
}

internal sealed class HaProxy() : ChildProxy("haproxy")
{
    public override Task<string> VersionAsync() => Machine.VersionAsync("haproxy", "-v");

    protected override (string, string[]) Configure(Site site)
    {
        site.Write("both.pem", File.ReadAllText(site.Certificate) + File.ReadAllText(site.Key));
        return ("haproxy", ["-db", "-f", site.Write("haproxy.cfg", $$"""
            global
              nbthread 2
              maxconn 4096
            defaults
              mode http
              timeout connect 5s
              timeout client 60s
              timeout server 60s
              option forwardfor
            frontend in
              bind 127.0.0.1:{{Clear}}
              bind 127.0.0.1:{{Tls}} ssl crt {{site.Folder}}/both.pem
              http-request set-header X-Forwarded-Proto https if { ssl_fc }
              http-request set-header X-Forwarded-Proto http unless { ssl_fc }
              http-request set-header X-Forwarded-Host %[req.hdr(host)]
              default_backend app
            backend app
              http-reuse always
              server one 127.0.0.1:{{site.Upstream}}

            """)]);
    }
}

internal sealed class Caddy() : ChildProxy("caddy")
{
    public override Task<string> VersionAsync() => Machine.VersionAsync("caddy", "version");

    protected override (string, string[]) Configure(Site site) => ("caddy", ["run", "--adapter", "caddyfile", "--config", site.Write("Caddyfile", $$"""
        {
          admin off
          auto_https off
        }
        http://127.0.0.1:{{Clear}} {
          reverse_proxy 127.0.0.1:{{site.Upstream}}
        }
        https://localhost:{{Tls}} {
          bind 127.0.0.1
          tls {{site.Certificate}} {{site.Key}}
          reverse_proxy 127.0.0.1:{{site.Upstream}}
        }

        """)]);
}
