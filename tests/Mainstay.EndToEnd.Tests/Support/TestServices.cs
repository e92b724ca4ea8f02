using Mainstay.Testing;

namespace Mainstay.EndToEnd.Tests.Support;

/// <summary>The services that the tests run, each as the <c>command</c> of a manifest.</summary>
internal static class TestServices
{
    /// <summary>A readiness check that answers as fast as a test wants it.</summary>
    public const string Quick = "{ http: /health, interval: 1s, timeout: 1s, retries: 3, start_period: 15s, start_interval: 50ms }";

    private static readonly string Root = Repository.Root();

    public static string Node => $"[ node, {Root}/tests/node/app.js ]";

    public static string Python => $"[ {PythonProgram}, {Root}/tests/python/app.py ]";

    /// <summary>Speaks sd_notify and nothing else.</summary>
    public static string Notify => $"[ {PythonProgram}, -u, {Root}/tests/python/notify.py ]";

    public static string Dotnet => $"[ dotnet, {DotnetAssembly} ]";

    /// <summary>The distribution's own, because a version manager's shim lies in a home that other users cannot enter.</summary>
    public static string PythonProgram => File.Exists("/usr/bin/python3") ? "/usr/bin/python3" : "python3";

    private static string DotnetAssembly
    {
        get
        {
            var ours = new DirectoryInfo(AppContext.BaseDirectory.TrimEnd('/'));
            return Path.Combine(ours.Parent!.Parent!.FullName, "DotnetHello", ours.Name, "DotnetHello.dll");
        }
    }
}
