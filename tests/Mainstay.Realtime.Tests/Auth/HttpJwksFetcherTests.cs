using Mainstay.Realtime.Auth.Jwt;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Mainstay.Realtime.Tests.Auth;

public class HttpJwksFetcherTests
{
    [Fact]
    public async Task An_answer_is_taken_whole_or_not_at_all_and_a_redirect_is_not_followed()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        await using var server = builder.Build();
        server.Urls.Add("http://127.0.0.1:0");
        server.MapGet("/jwks", () => "{\"keys\":[]}");
        server.MapGet("/moved", () => Results.Redirect("/jwks"));
        server.MapGet("/big", () => new string('x', JwksText.MaxBytes + 1));
        server.MapGet("/endless", async (HttpContext context) =>
        {
            while (!context.RequestAborted.IsCancellationRequested)
            {
                await context.Response.Body.WriteAsync(new byte[4096], context.RequestAborted);
            }
        });
        await server.StartAsync();
        var address = new Uri(server.Urls.Single());

        using var fetcher = new HttpJwksFetcher();
        Assert.Equal("{\"keys\":[]}"u8.ToArray(), await fetcher.FetchAsync(new(address, "/jwks"), default));
        foreach (var path in new[] { "/moved", "/big", "/endless", "/none" })
        {
            await Assert.ThrowsAsync<HttpRequestException>(() => fetcher.FetchAsync(new(address, path), default));
        }

        using var gone = new CancellationTokenSource();
        await gone.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => fetcher.FetchAsync(new(address, "/jwks"), gone.Token));
    }
}
