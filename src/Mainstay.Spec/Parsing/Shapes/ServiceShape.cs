using System.Collections.Immutable;
using Mainstay.Spec.Model;
using Mainstay.Spec.Parsing.Kinds;
using Mainstay.Spec.Parsing.Yaml;
using Mainstay.Spec.Problems;
using Mainstay.Spec.Shipped;

namespace Mainstay.Spec.Parsing.Shapes;

/// <summary>A service before it is known what else the stack has. The spec's port is none when none was written; its dependencies are in the draft.</summary>
internal sealed record ServiceDraft(ServiceSpec Spec, ImmutableArray<DependencyDraft> DependsOn);

internal sealed class ServiceShape() : Shape<ServiceDraft>("service")
{
    private static readonly WordKind<ServiceKind> s_kinds = new(("process", ServiceKind.Process), ("ingest", ServiceKind.Ingest), ("hub", ServiceKind.Hub));

    private static readonly Key<ServiceKind> s_kind = new(
        "kind", s_kinds, ServiceKind.Process,
        "What the service is: a process of yours, or one that ships with Mainstay: ingest, audio over WebSockets into a stream, acknowledged when stored; hub, requests to devices and events in rooms, over WebSockets and HTTP, kept on disk.");

    private static readonly Key<CommandDraft> s_command = new(
        "command",
        new CommandKind(),
        CommandDraft.Absent,
        "The program and its arguments; one string is split like a shell would, but run without a shell.")
    {
        IsRequired = true,
        AlsoKnownAs = ["cmd", "script", "exec", "run", "entrypoint", "ExecStart", "start"],
    };

    private static readonly Key<bool> s_shell = new("shell", CommonKinds.Truth, false, "Runs the command, one string, by /bin/sh -c.");

    private static readonly Key<string> s_directory = new("directory", CommonKinds.FilePath("api"), ".", "Where the command runs; relative to the manifest, or with a source to the release's root.")
    {
        AlsoKnownAs = ["cwd", "working_dir", "workdir", "WorkingDirectory", "dir", "root"],
    };

    private static readonly Key<int> s_instances = new("instances", new WholeNumberKind(1, 1000, "2"), 1, "How many processes run at once.")
    {
        AlsoKnownAs = ["replicas", "scale", "count", "processes"],
    };

    private static readonly Key<PortSpec> s_port = new(
        "port", new PortValueKind(), default,
        "auto: Mainstay picks a free port and passes it as PORT. A number: the service always listens there. inherit: Mainstay listens and passes the socket (LISTEN_FDS).",
        "auto with a route or an http or tcp healthcheck, else none")
    {
        AlsoKnownAs = ["ports", "listen", "expose"],
    };

    private static readonly Key<ImmutableArray<Named<string>>> s_environment = new(
        "environment",
        new MapKind<string>(new EnvironmentValueKind(), CommonKinds.VariableRule, "a map of variables to their values", "{ NODE_ENV: production }"),
        [],
        "Variables for the service; values keep the text as written.")
    {
        AlsoKnownAs = ["env", "envs", "env_vars", "variables"],
    };

    private static readonly Key<ImmutableArray<Item<string>>> s_envFile = new(
        "env_file",
        new ListKind<string>(CommonKinds.FilePath("api.env"), "a path or a list of paths", orOne: true),
        [],
        "Files of NAME=value lines; later files win over earlier ones, environment over all.")
    {
        AlsoKnownAs = ["env_files", "dotenv", "EnvironmentFile"],
    };

    private static readonly Key<EnvSchemaSpec?> s_envSchema = new(
        "env_schema",
        new EnvSchemaKind(),
        null,
        "What the environment must hold: a file's path, or the rules themselves.",
        "none");

    private static readonly Key<ImmutableArray<DependencyDraft>> s_dependsOn = new(
        "depends_on", new DependsOnKind(), [],
        "What the service waits for: started, healthy, or completed. A list waits for healthy where there is a healthcheck, a port or an external, else for started.")
    {
        AlsoKnownAs = ["needs", "requires", "after", "wants", "links"],
    };

    private static readonly Key<HealthcheckSpec?> s_healthcheck = new(
        "healthcheck",
        new HealthcheckShape()!,
        null,
        "How to tell that an instance is ready, and later that it still works.",
        "none")
    {
        AlsoKnownAs = ["health", "health_check", "readiness", "liveness", "probe"],
    };

    private static readonly Key<RestartSpec> s_restart = new(
        "restart",
        new ShortKind<RestartSpec, RestartKind>(
            new RestartShape(),
            RestartShape.Policies,
            policy => RestartSpec.Default with { Policy = policy },
            spec => RestartShape.Policies.Show(spec.Policy)),
        RestartSpec.Default,
        "What follows an exit that nobody asked for.")
    {
        AlsoKnownAs = ["restart_policy", "autorestart"],
    };

    private static readonly Key<ResourcesSpec> s_resources = new("resources", new ResourcesShape(), ResourcesSpec.None, "What the service may use.", "no limits")
    {
        AlsoKnownAs = ["limits"],
    };

    private static readonly Key<StopSpec> s_stop = new("stop", new StopShape(), StopSpec.Default, "How the service is asked to stop.", "see below");

    private static readonly Key<string> s_user = new("user", UserKind.Kind, "", "Whom the service runs as.", "whoever runs the daemon")
    {
        AlsoKnownAs = ["uid", "run_as"],
    };

    private static readonly Key<LogsSpec> s_logs = new("logs", new LogsShape(), LogsSpec.Default, "How much output is kept.", "see below")
    {
        AlsoKnownAs = ["logging", "log"],
    };

    public override ImmutableArray<Key> Keys { get; } =
    [
        s_kind, s_command, s_shell, s_directory, s_instances, s_port, s_environment, s_envFile, s_envSchema, s_dependsOn, s_healthcheck, s_restart,
        s_resources, s_stop, s_user, s_logs,
        .. RolloutKeys.All,
    ];

    /// <summary>What only the user's own program can be told.</summary>
    private static ImmutableArray<Key> ShippedHaveNo { get; } = [s_command, s_shell, s_directory, s_port, s_healthcheck, s_user, .. RolloutKeys.OfSource];

    protected override string Called(MapNode map) => $"service {Quoted.Text(map.Step)}";

    protected override ServiceDraft Build(Fields fields)
    {
        var kind = fields.Read(s_kind);
        var shipped = kind is not ServiceKind.Process;
        foreach (var key in ShippedHaveNo.Where(k => shipped && fields.Has(k)))
        {
            fields.Report(ManifestCodes.NotForShipped, key, $"{key.Name} is for programs of yours; a service of kind {s_kinds.Show(kind)} ships with Mainstay and knows its own", $"remove \"{key.Name}\"");
        }

        var instances = fields.Read(s_instances);
        if (kind is ServiceKind.Hub && instances > 1)
        {
            fields.Report(ManifestCodes.NotForShipped, s_instances, "a hub is one process: two would each send what the other has sent", "remove \"instances\"");
        }

        // A shipped service has no command; that it lacks one is no problem.
        var shell = fields.Read(s_shell);
        var command = shipped && !fields.Has(s_command) ? CommandDraft.Absent : fields.Read(s_command);
        var spec = new ServiceSpec(
            new ServiceName(fields.Map.Step),
            shipped ? ShippedService.Command(kind, fields.Span) : command == CommandDraft.Absent ? new CommandSpec([], false, fields.Span) : command.Resolve(shell, fields.Context),
            Directory(fields),
            instances,
            shipped ? new PortSpec(PortKind.Auto) : fields.Read(s_port),
            fields.Read(s_environment).ToImmutableSortedDictionary(e => e.Name, e => e.Value, StringComparer.Ordinal),
            [.. fields.Read(s_envFile).Select(f => new EnvFileSpec(fields.Context.Absolute(f.Value), f.Span))],
            shipped ? ShippedService.Environment(kind, fields.Read(s_envSchema), fields.Span) : fields.Read(s_envSchema),
            [],
            shipped ? ShippedService.Healthcheck : fields.Read(s_healthcheck),
            fields.Read(s_restart),
            fields.Read(s_resources),
            fields.Read(s_stop),
            fields.TryRead(s_user, out var user) ? user : null,
            fields.Read(s_logs),
            RolloutKeys.Read(fields, hasPrograms: !shipped),
            fields.Span)
        {
            Kind = kind,
        };
        return new ServiceDraft(spec, fields.Read(s_dependsOn));
    }

    /// <summary>Absolute; relative to the release's root when there is a source, also an unreadable one.</summary>
    private static string Directory(Fields fields)
    {
        var written = fields.Read(s_directory);
        if (!fields.Has(RolloutKeys.Source))
        {
            return fields.Context.Absolute(written);
        }

        if (ReleasePath.Normal(written) is { } within)
        {
            return within;
        }

        fields.Report(
            ManifestCodes.BadReleasePath,
            s_directory,
            $"directory is {Quoted.Text(fields.Map.Find(s_directory.Name) is ScalarNode { Shown: var shown } ? shown : written)}, but with a source it must be {ReleasePath.Expected}",
            ReleasePath.Hint(written) ?? "write for example \"directory: api\"");
        return s_directory.Absent;
    }
}
