using System.Text.Json;
using Mainstay.Spec.Model;
using Mainstay.Testing;

namespace Mainstay.Spec.Tests.Parsing;

public sealed class ContractExampleTests
{
    [Fact]
    public void The_example_of_the_contract_is_read_whole()
    {
        var stack = Manifest.Stack(ContractExample.Text, readFile: ContractExample.File);

        Golden.Match(Json(stack), "contract-example.json");
    }

    [Fact]
    public void A_stack_survives_its_own_JSON_form()
    {
        var json = Json(Manifest.Stack(ContractExample.Text, readFile: ContractExample.File));

        var again = JsonSerializer.Deserialize(json, SpecJson.Default.StackSpec)!;

        Assert.Equal(json, Json(again));
    }

    private static string Json(StackSpec stack) => JsonSerializer.Serialize(stack, new SpecJson(new JsonSerializerOptions(SpecJson.Default.Options) { WriteIndented = true }).StackSpec) + "\n";
}
