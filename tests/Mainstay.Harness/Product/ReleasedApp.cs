using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Mainstay.Harness.Load;
using Mainstay.Harness.Network;
using Mainstay.Harness.Processes;

namespace Mainstay.Harness.Product;

/// <summary>A home, a repository and a manifest that deploys the one into the other as the service <c>web</c> behind an edge.</summary>
public sealed class ReleasedApp : IAsyncDisposable
{
    /// <summary>A rollout has several starts and a bake in it, and the machine may be busy.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);

    private static readonly HttpClient Client = new(new SocketsHttpHandler { UseProxy = false, PooledConnectionLifetime = TimeSpan.Zero });

    private Func<string> _declared = () => "";

    private ReleasedApp(MainstayHome home, SourceRepository repository) => (Home, Repository) = (home, repository);

    public MainstayHome Home { get; }

    public SourceRepository Repository { get; }

    public int Port { get; } = FreePort.Take();

    public Uri Address => new($"http://127.0.0.1:{Port}/");

    /// <summary>How long the healthcheck has patience with a start.</summary>
    public string StartPeriod { get; set; } = "2s";

    public string Releases => Path.Combine(Home.Home, "releases");

    /// <summary>Version 1 is committed, and nothing is deployed.</summary>
    public static async Task<ReleasedApp> CreateAsync(string more = "", string deploy = "", int instances = 1)
    {
        var home = MainstayHome.Create();
        var app = new ReleasedApp(home, await SourceRepository.CreateAsync(Path.Combine(home.Root, "repo")));
        app.Declare(more, deploy, instances);
        return app;
    }

    /// <summary>Version 1 serves.</summary>
    public static async Task<ReleasedApp> DeployedAsync(string more = "", string deploy = "", int instances = 1)
    {
        var app = await CreateAsync(more, deploy, instances);
        (await app.DeployAsync()).MustExit(0);
        return app;
    }

    /// <param name="more">Further keys of the service, each on a line of its own.</param>
    /// <param name="deploy">Further keys of its <c>deploy</c>.</param>
    public void Declare(string more = "", string deploy = "", int instances = 1, string command = "[ node, server.js ]")
    {
        _declared = () => Service("web", more, deploy, instances, command);
        Redeclare();
    }

    /// <summary>The same again, after a setting has changed.</summary>
    public void Redeclare() => DeclareServices(_declared());

    /// <param name="services">As <see cref="Service"/> makes them; <c>web</c> has the route.</param>
    public void DeclareServices(params string[] services) => Home.Declare($$"""
        stack: released
        edge: { listen: [ "http://127.0.0.1:{{Port}}" ] }
        services:
        {{string.Join('\n', services)}}
        routes: [ { path: /, service: web } ]

        """);

    /// <summary>One service of a manifest, made from the repository.</summary>
    public string Service(string name, string more = "", string deploy = "", int instances = 1, string command = "[ node, server.js ]", SourceRepository? from = null) => $$"""
          {{name}}:
            command: {{command}}
            instances: {{instances.ToString(CultureInfo.InvariantCulture)}}
            source: { git: "{{(from ?? Repository).Path}}", ref: main }
            healthcheck: { http: /health, interval: 500ms, timeout: 2s, retries: 3, start_period: {{StartPeriod}}, start_interval: 50ms }
            stop: { grace: 5s }
            deploy: { {{(deploy.Contains("bake:", StringComparison.Ordinal) ? "" : "bake: 1s, ")}}{{deploy}} }
        {{string.Join('\n', more.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => $"    {line}"))}}
        """;

    public Task<CommandResult> DeployAsync(params string[] options) => Home.RunAsync(Patience, ["deploy", .. options]);

    public Task<CommandResult> RunAsync(params string[] arguments) => Home.RunAsync(Patience, arguments);

    /// <summary>Users who ask all the time, and are being answered.</summary>
    public async Task<RunningLoad> LoadAsync(string path = "/", int connections = 8)
    {
        var load = RunningLoad.Start(LoadPlan.Loopback(Port, path, connections));
        await load.FlowsAsync();
        return load;
    }

    /// <summary>What the service says of itself.</summary>
    public async Task<JsonNode> AskAsync(string path = "", params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(Address, path));
        foreach (var (name, value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        using var answer = await Client.SendAsync(request);
        return (await answer.EnsureSuccessStatusCode().Content.ReadFromJsonAsync<JsonNode>())!;
    }

    public async Task<string> VersionAsync(params (string Name, string Value)[] headers) => (await AskAsync("", headers))["version"]!.GetValue<string>();

    /// <summary>The whole record of a rollout, the last one without a number.</summary>
    public async Task<RolloutView> ReportAsync(params string[] number) =>
        RolloutView.Parse((await RunAsync(["report", .. number, "--json"])).MustExit(0).Out);

    public Task<RolloutView> EndedAsync() => RolloutBecomesAsync("the rollout has ended", r => r.HasEnded);

    /// <summary>The rollout under way, or the last one, as <c>rollout show</c> has it.</summary>
    public Task<RolloutView> RolloutBecomesAsync(string what, Func<RolloutView, bool> satisfies) =>
        Eventually.BecomesAsync(what, () => ReportAsync(), satisfies, Patience);

    /// <summary>Whatever happened: this version answers, every process of it runs from one release, and no other process is left.</summary>
    public async Task<ServiceView> IsWholeAsync(string version, int instances = 1, string service = "web")
    {
        var status = await Home.BecomesAsync($"{service} has {instances} healthy instances", s =>
            s.Has(service) && s[service] is { State: "running", Health: "healthy" } seen && seen.Instances.Count == instances && seen.Pids.Count() == instances, Patience);
        var pids = status.ServicePids.Where(IsNode).Order().ToArray();
        await Eventually.BecomesAsync("no other process of the services lives", () => Task.FromResult(NodePids()), seen => seen.SequenceEqual(pids), Patience,
            seen => $"{string.Join(", ", seen)} instead of {string.Join(", ", pids)}");
        var folder = Path.Combine(Releases, service, status[service].Release!);
        foreach (var instance in status[service].Instances)
        {
            Expect($"working directory of {instance.Id}", folder, ProcFs.WorkingFolder(instance.Pid!.Value));
        }

        Expect("version in release.json", version, JsonNode.Parse(await File.ReadAllTextAsync(Path.Combine(folder, "release.json")))!["version"]!.GetValue<string>());
        return status[service];
    }

    public ValueTask DisposeAsync() => Home.DisposeAsync();

    private int[] NodePids() => [.. Home.Processes().Select(p => p.Pid).Where(IsNode).Order()];

    private static bool IsNode(int pid) => ProcFs.CommandLine(pid).EndsWith(" server.js", StringComparison.Ordinal);

    private static void Expect(string what, string wanted, string seen)
    {
        if (wanted != seen)
        {
            throw new HarnessException($"{what} is {seen} instead of {wanted}");
        }
    }
}
