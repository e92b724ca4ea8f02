using System.Collections.Immutable;
using Mainstay.Contracts;
using Mainstay.Spec.Model;
using Mainstay.Spec.Shipped;
using static Mainstay.Preflight.Tests.Shop;

namespace Mainstay.Preflight.Tests;

/// <summary>Settings of services that ship with Mainstay are read by the services' own reader.</summary>
public sealed class ShippedCheckTests
{
    private readonly FakeHost _host = NewHost();

    [Fact]
    public void A_fault_is_told_where_the_variable_was_set()
    {
        _host.AddFile("/srv/shop/hub.env", text: "A=1\nHUB_LICENCES=here\n");
        var report = Run("    kind: hub\n    env_file: [ hub.env ]", new SettingFault("HUB_LICENCES", "must be an absolute path", "write it from the root"));
        var problem = Assert.Single(report.Problems);
        Assert.Equal(("MS2026", "hub.env", 2, "HUB_LICENCES of service \"api\" must be an absolute path", "write it from the root"), (problem.Code, problem.Where.File, problem.Where.Line, problem.What, problem.Fix));
    }

    [Fact]
    public void A_fault_of_what_is_not_set_is_told_at_the_service()
    {
        var problem = Assert.Single(Run("    kind: hub", new SettingFault("JWT_PUBLIC_KEY", "is needed", "give one")).Problems);
        Assert.Equal(("services.api.environment.JWT_PUBLIC_KEY", 3), (problem.Where.Path, problem.Where.Line));
    }

    [Fact]
    public void What_the_schema_says_is_said_once()
    {
        var problem = Assert.Single(Run("    kind: hub\n    environment: { HUB_PING: soon }", new SettingFault("HUB_PING", "is not what it must be", "mend it")).Problems);
        Assert.NotEqual("MS2026", problem.Code);
    }

    [Fact]
    public void The_reader_gets_the_defaults_and_is_asked_of_shipped_services_only()
    {
        IReadOnlyDictionary<string, string> seen = ImmutableDictionary<string, string>.Empty;
        ImmutableArray<SettingFault> Read(ServiceKind kind, IReadOnlyDictionary<string, string> environment)
        {
            Assert.Equal(ServiceKind.Hub, kind);
            seen = environment;
            return [];
        }

        var stack = Stack("stack: shop\nservices:\n  api:\n    directory: api\n    command: [ node, server.js ]\n  hub:\n    kind: hub\n    environment: { HUB_BRANCH_RATE: \"7\" }\n");
        PreflightCheck.Run(stack, new PreflightHost(new HomeLayout("/var/lib/mainstay"), _host, Noon) { Settings = Read });
        Assert.Equal(("7", "5"), (seen["HUB_BRANCH_RATE"], seen["HUB_TARGET_RATE"]));
    }

    private PreflightReport Run(string lines, SettingFault fault) =>
        PreflightCheck.Run(Stack($"stack: shop\nservices:\n  api:\n{lines}\n"), new PreflightHost(new HomeLayout("/var/lib/mainstay"), _host, Noon) { Settings = (_, _) => [fault] });
}
