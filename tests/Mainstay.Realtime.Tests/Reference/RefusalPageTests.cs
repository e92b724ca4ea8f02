using System.Globalization;
using System.Text;
using Mainstay.Realtime.Auth;
using Mainstay.Realtime.Serving;
using Mainstay.Testing;

namespace Mainstay.Realtime.Tests.Reference;

public sealed class RefusalPageTests
{
    [Fact]
    public void The_page_of_refusals_names_every_one()
    {
        var text = new StringBuilder("\n## About who it is\n| code | status | |\n|---|---|---|\n");
        foreach (var why in Enum.GetValues<Refusal>())
        {
            Row(text, why.Code(), why.Status(), why.Sentence());
        }

        text.Append("\n## About the request\n| code | status | |\n|---|---|---|\n");
        foreach (var (status, code, meaning) in DoorCode.All)
        {
            Row(text, code, status, meaning);
        }

        GeneratedPage.Match(text.Append('\n').ToString(), "refusals.md");
    }

    private static void Row(StringBuilder text, string code, int status, string meaning) =>
        text.Append(CultureInfo.InvariantCulture, $"| `{code}` | {status} | {meaning} |\n");
}
