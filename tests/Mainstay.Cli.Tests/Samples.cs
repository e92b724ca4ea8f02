using Mainstay.Contracts.Api;
using Mainstay.Spec.Model;

namespace Mainstay.Cli.Tests;

/// <summary>Documents as a daemon sends them.</summary>
internal static class Samples
{
    public static StatusDocument EmptyStatus { get; } = new(null, new(4711, 5, "0.1.0", "/var/lib/mainstay"), new(null, "none", [], "the stack declares no edge"), [], [], [], []);

    public static StatusDocument Status { get; } = new(
        "url-tracker",
        new(4711, 93_784, "0.1.0", "/var/lib/mainstay"),
        new(4720, "running", ["http://127.0.0.1:8080", "https://127.0.0.1:8443"], "serves snapshot 12"),
        [
            Service("api", InstancePhase.Running, Health.Healthy, "readiness probe passed after 0.4 s", [
                new("api-1", 5001, 41001, InstancePhase.Running, Health.Healthy, 0, 93_780, 61_234_567, 0.4, "a1b2c3d4", "readiness probe passed after 0.4 s", null, null),
                new("api-2", 5002, 41002, InstancePhase.Running, Health.Degraded, 2, 62, 131_234_567, 12.25, "a1b2c3d4", "the service says of itself that it is degraded: broker unreachable", "broker unreachable", null),
            ]),
            Service("worker", InstancePhase.Backoff, Health.Unknown, "exited with code 1 after 0.9 s (3 of 10 restarts in 10 minutes)", [
                new("worker-1", null, null, InstancePhase.Backoff, Health.Unknown, 3, 0, 0, 0, "77aa00ff", "exited with code 1 after 0.9 s (3 of 10 restarts in 10 minutes)", null, 1.6),
            ]),
            Service("proxy-server", InstancePhase.Parked, Health.Unhealthy, "10 restarts in 10 minutes: EADDRINUSE, port 3000 is held by pid 812 (node server.js)", [
                new("proxy-server-1", null, 3000, InstancePhase.Parked, Health.Unhealthy, 11, 0, 0, 0, "0f0f0f0f", "10 restarts in 10 minutes: EADDRINUSE, port 3000 is held by pid 812 (node server.js)", null, null),
            ]),
            Service("idle", InstancePhase.Stopped, Health.Unknown, "scaled to 0 instances", []),
        ],
        [new(ServiceName.From("redis"), Health.Healthy, "127.0.0.1:6379 accepts connections")],
        ["this host gives no cgroup v2 controllers: memory and CPU limits are watched, not enforced by the kernel"],
        [
            new("hooks", false, true, "", "partner sends doubles", "anna@host", new(2026, 1, 31, 13, 50, 0, TimeSpan.Zero), new(2026, 1, 31, 14, 0, 0, TimeSpan.Zero)),
            new("search", true, true, "", null, null, null, null),
        ]);

    public static FailureReport Failure { get; } = new(
        "api",
        "api-1",
        "the process exited with code 1 before it was ready, 0.3 s after its start: a module is missing (left-pad)",
        [
            new("last log lines", ["Error: Cannot find module 'left-pad'", "    code: 'MODULE_NOT_FOUND'", "\u001b[31mred\u001b[0m"]),
            new("readiness probe http /health, 3 times", ["2 x refused: nothing listens on 127.0.0.1:41003", "1 x not sent: the process had exited"]),
        ],
        ["install the dependencies where the service runs: npm ci in /srv/api"],
        "2 instances of release a1b2c3d4 serve as before");

    private static ServiceStatus Service(string name, InstancePhase state, Health health, string because, InstanceStatus[] instances) =>
        new(ServiceName.From(name), state, health, instances.Length > 0 ? instances[0].Release : "-", because, [.. instances]);
}
