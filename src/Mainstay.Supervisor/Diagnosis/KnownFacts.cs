using System.Collections.Immutable;
using System.Globalization;
using Mainstay.Supervisor.Instances;

namespace Mainstay.Supervisor.Diagnosis;

/// <summary>What the sentences of signatures.json can name, gathered from the facts and from what a signature captured.</summary>
internal static class KnownFacts
{
    private static readonly Dictionary<string, string> UsualPorts = new(StringComparer.Ordinal)
    {
        ["5432"] = "PostgreSQL",
        ["3306"] = "MySQL",
        ["6379"] = "Redis",
        ["27017"] = "MongoDB",
        ["5672"] = "RabbitMQ",
        ["9092"] = "Kafka",
        ["11211"] = "memcached",
        ["9200"] = "Elasticsearch",
        ["2379"] = "etcd",
        ["4222"] = "NATS",
        ["1433"] = "SQL Server",
    };

    public static ImmutableDictionary<string, string> Of(FailureFacts facts, ImmutableDictionary<string, string> captures)
    {
        var known = captures.ToBuilder();
        Add("service", facts.Service.Value);
        Add("instance", facts.Instance);
        Add("program", facts.Spec.Command.Argv.FirstOrDefault());
        Add("user", facts.Spec.User);
        Add("spawn_stage", facts.Spawn?.Stage);
        Add("spawn_message", facts.Spawn?.Message);
        Add("waiting", facts.Waiting.IsDefaultOrEmpty ? null : string.Join("; ", facts.Waiting));
        Add("memory_limit", facts.Spec.Resources.Memory is { } memory ? ExitText.OfBytes(memory) : null);
        Add("open_files", Text(facts.Spec.Resources.OpenFiles));
        Add("expected", Text(facts.ExpectedPort));
        Add("deadline", ExitText.Of(facts.StartDeadline));
        Add("probe", facts.Probes.LastOrDefault()?.Detail);
        AddSockets();
        AddPortHolder();
        AddAddress();
        return known.ToImmutable();

        void Add(string name, string? value)
        {
            if (!string.IsNullOrEmpty(value) && !known.ContainsKey(name))
            {
                known[name] = value;
            }
        }

        void AddSockets()
        {
            var sockets = Conditions.Sockets(facts).ToList();
            Add("listening", string.Join(" and ", sockets.Select(s => Address(s.Address, s.Port)).Distinct()));
            Add("listening_port", sockets.Select(s => s.Port).Distinct().ToList() is [var only] ? Text(only) : null);
            Add("listening_address", string.Join(" and ", Conditions.OnExpected(facts).Select(s => s.Address).Distinct()));
        }

        // The holder is known for the expected port only: of another port that the service wanted we know nothing.
        void AddPortHolder()
        {
            if (!captures.TryGetValue("port", out var port) || port == Text(facts.ExpectedPort))
            {
                Add("holder_of_port", facts.PortHolder);
            }
        }

        void AddAddress()
        {
            if (captures.TryGetValue("address", out var address))
            {
                var port = address[(address.LastIndexOf(':') + 1)..];
                Add("usual", UsualPorts.GetValueOrDefault(port));
                Add("points_there", string.Join(" and ", facts.Spec.Environment.Where(v => v.Value.Contains(address, StringComparison.Ordinal) || PointsToPort(v.Value, port)).Select(v => v.Key)));
            }
        }
    }

    public static string Address(string address, int port) =>
        address.Contains(':') ? $"[{address}]:{Text(port)}" : $"{address}:{Text(port)}";

    // The log names the address that a name was resolved to, so the host of a URL is no help, but its port is.
    private static bool PointsToPort(string value, string port) =>
        Uri.TryCreate(value, UriKind.Absolute, out var url) && url.Port > 0 && Text(url.Port) == port;

    private static string? Text(int? number) => number?.ToString(CultureInfo.InvariantCulture);
}
