using System.Text;

namespace Mainstay.Cli.Init;

/// <summary>A first manifest, with what most people need next as comments.</summary>
internal static class StarterManifest
{
    public static string For(ProjectSketch sketch)
    {
        var text = new StringBuilder(
            $$"""
            # Found: {{sketch.Found}}
            # `mainstay check` says what is wrong, `mainstay up` starts it, `mainstay schema` describes every key.
            stack: {{sketch.Name}}

            # The edge takes the users' requests and hands them to instances that are ready.
            edge:
              listen: [ "http://127.0.0.1:8080" ]

            services:
              {{sketch.Name}}:

            """);
        if (sketch.Before is not null)
        {
            text.Append($"    # Once before the first start: {sketch.Before}\n");
        }

        text.Append($"    command: [ {string.Join(", ", sketch.Command.Select(Quoted))} ]\n").Append(Port(sketch.Port));
        if (!sketch.Environment.IsEmpty)
        {
            text.Append("    environment:\n");
            foreach (var (name, value) in sketch.Environment)
            {
                text.Append($"      {name}: {Quoted(value)}\n");
            }
        }

        return text.Append(
            $$"""
                healthcheck:
                  tcp: true                 # better, once the service has one:  http: /health
                # environment: { NODE_ENV: production, DATABASE_URL: "${DATABASE_URL}" }   # nothing of your shell leaks in but what is named here
                # env_file: [ app.env ]     # mode 600
                # depends_on: [ db ]        # another service, or one under external
                # restart: { max_restarts: 10, window: 10m }
                # resources: { memory: 500MB, memory_warn: 300MB }
                # stop: { signal: SIGTERM, grace: 30s }

            # Not run by Mainstay: waited for, watched, shown.
            # external:
            #   db: { tcp: "127.0.0.1:5432" }

            routes:
              - { path: /, service: {{sketch.Name}} }

            """).ToString();
    }

    private static string Port(string port) => port == "auto"
        ? "    instances: 1                # more, once the service keeps no state in its memory\n    port: auto                  # the service listens on 127.0.0.1 at the port that PORT names\n"
        : $"    port: {port}                  # the service always listens here; if it can read PORT, say: auto\n";

    private static string Quoted(string word) =>
        word.Length > 0 && word.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '/' or '_' or '-') && !char.IsAsciiDigit(word[0]) && word[0] != '-'
            ? word
            : $"\"{word.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal).Replace("$", "$$", StringComparison.Ordinal)}\"";
}
