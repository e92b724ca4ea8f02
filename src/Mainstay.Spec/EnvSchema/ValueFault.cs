using Mainstay.Spec.Problems;

namespace Mainstay.Spec.EnvSchema;

/// <summary>What is wrong with a value, told by its shape: neither sentence may hold the value or a part of it.</summary>
/// <param name="What">Continues the variable's name: "is not a whole number".</param>
internal readonly record struct ValueFault(ProblemCode Code, string What, string Fix)
{
    public static ValueFault Type(string what, string fix) => new(EnvironmentCodes.WrongType, what, fix);
}

/// <summary>What can be said of a value that is wrong without showing it.</summary>
internal static class ValueShape
{
    /// <returns>Empty, or the likely slip, to be appended to a sentence.</returns>
    public static string Hint(string value) => value switch
    {
        _ when value.Length > 1 && value[0] == value[^1] && value[0] is '"' or '\'' => "; the quote marks around it are part of the value",
        _ when value != value.Trim() => "; it begins or ends with a blank",
        _ when value.StartsWith('$') => "; it begins with a dollar sign, as if it was meant to be expanded",
        _ when value.Contains('\n') => "; it has several lines",
        _ => "",
    };

    public static string Length(int characters) => characters == 1 ? "1 character" : $"{characters} characters";
}
