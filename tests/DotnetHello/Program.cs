using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

if (Environment.GetEnvironmentVariable("BOOT_CRASH") is { } message)
{
    throw new InvalidOperationException(message);
}

var builder = WebApplication.CreateSlimBuilder(args);
builder.Services.Configure<HostOptions>(o => o.ShutdownTimeout = TimeSpan.FromSeconds(25));
builder.WebHost.ConfigureKestrel(kestrel =>
{
    if (Environment.GetEnvironmentVariable("LISTEN_FDS") is not null)
    {
        kestrel.ListenHandle(3);
    }
    else
    {
        kestrel.ListenLocalhost(int.Parse(Environment.GetEnvironmentVariable("PORT")!, CultureInfo.InvariantCulture));
    }
});

var app = builder.Build();
app.MapGet("/health", () => Results.Text("Healthy"));
app.MapGet("{**path}", async (string? path, int? ms, CancellationToken cancel) =>
{
    await Task.Delay(path?.EndsWith("slow", StringComparison.Ordinal) == true ? ms ?? 2000 : 0, cancel);
    var version = Environment.GetEnvironmentVariable("VERSION") ?? "1";
    return Results.Text($$"""{"pid":{{Environment.ProcessId}},"version":"{{version}}"}""", "application/json");
});
await app.RunAsync();
