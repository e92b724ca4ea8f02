using FsCheck;
using FsCheck.Fluent;
using Mainstay.Spec.Model;
using Mainstay.Spec.Validation;
using Mainstay.Testing;

namespace Mainstay.Spec.Tests.Validation;

public sealed class StartLayersTests
{
    [Fact]
    public void Services_start_in_layers_in_the_order_of_the_manifest()
    {
        var stack = Manifest.Stack("""
            stack: s
            services:
              web: { command: [ x ], depends_on: [ api, auth ] }
              api: { command: [ x ], depends_on: { db: healthy, redis: healthy, seed: completed } }
              seed: { command: [ x ], depends_on: [ db ], restart: never }
              auth: { command: [ x ], depends_on: [ db ] }
              db: { command: [ x ], port: 5432 }
              alone: { command: [ x ] }
            external: { redis: { tcp: "127.0.0.1:6379" } }
            """);

        Golden.Match(string.Concat(StartLayers.Of(stack).Select((layer, i) => $"{i + 1}: {string.Join(' ', layer)}\n")), "layers.txt");
    }

    [Fact]
    public void Every_service_is_in_one_layer_behind_all_that_it_waits_for() => Prop.ForAll(Gen.Choose(0, int.MaxValue).ToArbitrary(), seed =>
    {
        var random = new Random(seed);
        var count = random.Next(1, 30);
        var lines = Enumerable.Range(0, count).Select(i =>
        {
            // Only towards later ones, so that there is no circle.
            var on = Enumerable.Range(i + 1, count - i - 1).Where(_ => random.Next(4) == 0).Select(j => $"s{j}");
            return $"  s{i}: {{ command: [ x ], depends_on: [ {string.Join(", ", on)} ] }}\n";
        });
        var stack = Manifest.Stack("stack: s\nservices:\n" + string.Concat(lines.OrderBy(_ => random.Next())));
        var layers = StartLayers.Of(stack);
        var layerOf = layers.SelectMany((layer, i) => layer.Select(name => (name, i))).ToDictionary(p => p.name, p => p.i);
        return layerOf.Count == count && stack.Services.All(s => layerOf[s.Name] == s.DependsOn.Select(d => layerOf[d.On] + 1).DefaultIfEmpty(0).Max());
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void A_stack_that_was_not_validated_is_refused()
    {
        var stack = Manifest.Stack(Manifest.With());
        var circle = stack with { Services = [stack.Services[0] with { DependsOn = [new DependencySpec(stack.Services[0].Name, DependencyCondition.Started, SourceSpan.None)] }] };

        Assert.Throws<ArgumentException>(() => StartLayers.Of(circle));
    }
}
