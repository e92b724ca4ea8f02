namespace Mainstay.Spec.Tests.Parsing;

public sealed class ExpansionTests
{
    private static readonly Dictionary<string, string> s_variables = new() { ["NAME"] = "value", ["EMPTY"] = "", ["COUNT"] = "3", ["DOLLAR"] = "${NAME}" };

    [Theory]
    [InlineData("${NAME}", "value")]
    [InlineData("a${NAME}b${COUNT}c", "avalueb3c")]
    [InlineData("${NAME:?must be set}", "value")]
    [InlineData("${EMPTY}", "")]
    [InlineData("$$", "$")]
    [InlineData("$${NAME}", "${NAME}")]
    [InlineData("$$$${NAME}", "$${NAME}")]
    [InlineData("$NAME $1 $ a$", "$NAME $1 $ a$")]
    [InlineData("${DOLLAR}", "${NAME}")]
    public void Only_names_in_braces_are_expanded(string written, string expected) =>
        Assert.Equal(expected, Manifest.Stack(Manifest.With($"environment: {{ A: \"{written}\" }}"), s_variables).Services[0].Environment["A"]);

    [Fact]
    public void Any_value_may_be_a_variable() =>
        Assert.Equal(3, Manifest.Stack(Manifest.With("instances: ${COUNT}"), s_variables).Services[0].Instances);

    [Theory]
    [InlineData("${UNSET}", "MS1030", "services.api.environment.A needs the variable UNSET, which is not set")]
    [InlineData("${UNSET:?ask the team}", "MS1030", "services.api.environment.A needs the variable UNSET, which is not set: ask the team")]
    [InlineData("${EMPTY:?}", "MS1030", "services.api.environment.A needs the variable EMPTY, which is empty")]
    [InlineData("${NAME:-x}", "MS1031", "services.api.environment.A has the expansion \"${NAME:-x}\", but only ${NAME} and ${NAME:?message} are expanded")]
    [InlineData("${}", "MS1031", "services.api.environment.A has the expansion \"${}\", but only ${NAME} and ${NAME:?message} are expanded")]
    [InlineData("${1A}", "MS1031", "services.api.environment.A has the expansion \"${1A}\", but only ${NAME} and ${NAME:?message} are expanded")]
    [InlineData("${NAME", "MS1031", "services.api.environment.A has a \"${\" without a closing \"}\"")]
    public void What_cannot_be_expanded_is_a_problem_and_never_blank(string written, string code, string what)
    {
        var problem = Assert.Single(Manifest.Read(Manifest.With($"environment: {{ A: \"{written}\" }}"), s_variables).Problems);

        Assert.Equal((code, what), (problem.Code, problem.What));
    }

    [Fact]
    public void All_variables_named_are_told_set_or_not()
    {
        var result = Manifest.Read(Manifest.With("environment: { A: \"${NAME}\", B: \"${UNSET}\", C: \"$${NOT}\" }"), s_variables);

        Assert.Equal(["NAME", "UNSET"], result.VariablesNamed);
    }

    [Fact]
    public void What_a_variable_holds_is_never_shown()
    {
        // Wherever a value is shown, the text as written is shown instead.
        var secret = new Dictionary<string, string> { ["S"] = "hunter-" + string.Concat(Enumerable.Range(0, 9)) };
        var keys = new[] { "instances", "port", "restart", "stop", "kind", "user", "directory", "env_schema", "healthcheck", "depends_on", "logs", "environment", "command" };

        foreach (var key in keys)
        {
            var screen = Manifest.Screen(Manifest.Read($"stack: \"${{S}} x\"\nservices:\n  api:\n    {key}: \"~${{S}}'\"\nroutes: [ {{ service: \"${{S}}!\", path: \"${{S}}\", host: \"${{S}}:1\" }} ]\n", secret));
            Assert.Contains("MS1010", screen, StringComparison.Ordinal);
            Assert.DoesNotContain("hunter-", screen, StringComparison.Ordinal);
        }
    }
}
