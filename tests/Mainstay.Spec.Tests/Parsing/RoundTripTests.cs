using FsCheck;
using FsCheck.Fluent;
using Mainstay.Spec.Diff;
using Mainstay.Spec.Model;

namespace Mainstay.Spec.Tests.Parsing;

public sealed class RoundTripTests
{
    [Fact]
    public void Any_stack_written_as_a_manifest_reads_back_the_same() => Prop.ForAll(Gen.Choose(0, int.MaxValue).ToArbitrary(), seed =>
    {
        var stack = new RandomStack(new Random(seed)).Make();

        var again = Manifest.Stack(ManifestWriter.Write(stack));

        return Canonical.Same(stack, again, SpecJson.Default.StackSpec) && StackDiff.Of(StackState.Of(stack), StackState.Of(again)).IsEmpty;
    }).Check(Config.QuickThrowOnFailure.WithMaxTest(150).WithQuietOnSuccess(true));

    [Fact]
    public void Any_stack_comes_back_from_the_journals_form() => Prop.ForAll(Gen.Choose(0, int.MaxValue).ToArbitrary(), seed =>
    {
        var json = System.Text.Json.JsonSerializer.Serialize(new RandomStack(new Random(seed)).Make(), SpecJson.Default.StackSpec);

        return json == System.Text.Json.JsonSerializer.Serialize(System.Text.Json.JsonSerializer.Deserialize(json, SpecJson.Default.StackSpec), SpecJson.Default.StackSpec!);
    }).Check(Config.QuickThrowOnFailure.WithMaxTest(150).WithQuietOnSuccess(true));

    [Fact]
    public void Reading_twice_gives_the_same_places_too()
    {
        var text = ContractExample.Text;

        string Json() => System.Text.Json.JsonSerializer.Serialize(Manifest.Stack(text, readFile: ContractExample.File), SpecJson.Default.StackSpec);

        Assert.Equal(Json(), Json());
    }
}
