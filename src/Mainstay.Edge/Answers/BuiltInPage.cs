using System.Net;
using System.Text;

namespace Mainstay.Edge.Answers;

/// <summary>The page people see when no application could answer. Needs nothing from outside itself.</summary>
internal static class BuiltInPage
{
    public static byte[] Render(EdgeVerdict verdict, string correlation) => Encoding.UTF8.GetBytes(
        $"<!doctype html><html lang=\"en\"><title>{WebUtility.HtmlEncode(verdict.Title)}</title><h1>{verdict.Status} {WebUtility.HtmlEncode(verdict.Title)}</h1><p>{WebUtility.HtmlEncode(verdict.Advice)}<p><small>{correlation}</small></html>");
}
