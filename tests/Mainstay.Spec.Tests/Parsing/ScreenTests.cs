using Mainstay.Testing;

namespace Mainstay.Spec.Tests.Parsing;

public sealed class ScreenTests
{
    [Fact]
    public void All_mistakes_of_a_manifest_are_shown_at_once() =>
        Golden.Match(Manifest.Screen(Manifest.Read(ManyMistakes.Text)), "many-mistakes.txt");
}
