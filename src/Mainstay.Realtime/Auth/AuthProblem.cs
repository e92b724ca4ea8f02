namespace Mainstay.Realtime.Auth;

/// <summary>A fault in the settings that the user can fix; the value of a secret never stands in it.</summary>
/// <param name="Variable">The name of the variable.</param>
/// <param name="What">What is wrong, in a sentence that follows the name.</param>
/// <param name="Fix">What to do, beginning with a verb.</param>
public sealed record AuthProblem(string Variable, string What, string Fix)
{
    public override string ToString() => $"{Variable} {What}; fix: {Fix}";
}
