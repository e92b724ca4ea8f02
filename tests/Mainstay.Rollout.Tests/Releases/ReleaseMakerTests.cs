using System.Collections.Immutable;
using System.Formats.Tar;
using Mainstay.Contracts.Rollouts;
using Mainstay.Rollout.Building;
using Mainstay.Rollout.Planning;
using Mainstay.Rollout.Ports;
using Mainstay.Rollout.Releases;
using Mainstay.Rollout.Sources;
using Mainstay.Spec.Model;
using Mainstay.Spec.Problems;

namespace Mainstay.Rollout.Tests.Releases;

public sealed class ReleaseMakerTests : IDisposable
{
    private const string Release = "20261122T130000Z-0123456789ab";

    private readonly Sandbox _box = new();
    private readonly ReleaseStore _store;
    private readonly ReleaseMaker _maker;

    public ReleaseMakerTests()
    {
        var commands = new ShellCommands();
        _store = new(_box["releases"], TreeLimits.Default, TimeProvider.System);
        _maker = new(
            new SourceReader(commands, _box["mirrors"], SourceLimits.Default), _store, new(commands, TimeProvider.System), new(TreeLimits.Default), new NothingFound(), _ => line => line);
    }

    public void Dispose() => _box.Dispose();

    [Fact]
    public async Task A_release_begins_when_it_is_fetched_and_ends_sealed()
    {
        var part = Part(Packed(), "echo built > built");
        Assert.Empty(_store.List(Sourced.Name));
        Assert.True((await _maker.FetchAsync(part, default)).Ok);
        Assert.Equal((ReleaseState.Unfinished, "archive app.tar"), (_store.Find(Sourced.Name, Release)!.State, _store.Find(Sourced.Name, Release)!.SourceLabel));
        Assert.True((await _maker.BuildAsync(part, default)).Ok);
        var (outcome, change) = await _maker.FinishAsync(part, null, _ => { }, default);
        Assert.True(outcome.Ok, outcome.Because);
        Assert.Equal("sha256:0123456789abcdef", change!.ToId);
        Assert.Equal((ReleaseState.Built, 2), (_store.Find(Sourced.Name, Release)!.State, _store.Find(Sourced.Name, Release)!.Files));
    }

    [Fact]
    public async Task A_fetch_that_fails_leaves_none_of_its_files()
    {
        using (var writer = new TarWriter(File.Create(_box["app.tar"])))
        {
            writer.WriteEntry(new PaxTarEntry(TarEntryType.RegularFile, "secret") { DataStream = new MemoryStream([1]) });
            writer.WriteEntry(new PaxTarEntry(TarEntryType.RegularFile, "../evil") { DataStream = new MemoryStream([1]) });
        }

        Assert.False((await _maker.FetchAsync(Part(_box["app.tar"]), default)).Ok);
        Assert.Empty(_box.Files($"releases/api/{Release}"));
    }

    [Fact]
    public async Task A_fetch_that_is_broken_off_leaves_none_of_its_files()
    {
        var packed = Packed();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => _maker.FetchAsync(Part(packed), new CancellationToken(canceled: true)));
        Assert.Empty(_box.Files($"releases/api/{Release}"));
    }

    [Fact]
    public async Task What_another_release_of_the_service_has_come_to_is_not_taken_for_this_one()
    {
        var packed = Packed();
        Assert.True((await _maker.FetchAsync(Part(packed), default)).Ok);
        var other = Sourced.Part(Part(packed).To, "20261122T130001Z-0123456789ab");
        var (outcome, _) = await _maker.FinishAsync(other, null, _ => { }, default);
        Assert.True(outcome.Ok, outcome.Because);
        Assert.Equal(1, _store.Find(Sourced.Name, other.To.Release)!.Files);
    }

    [Fact]
    public async Task A_build_after_a_failed_one_begins_from_a_clean_fetch()
    {
        var part = Part(Packed(), $"test ! -e {_box["fail"]} || {{ touch old; exit 1; }}");
        _box.Write("fail", "");
        Assert.True((await _maker.FetchAsync(part, default)).Ok);
        Assert.False((await _maker.BuildAsync(part, default)).Ok);
        File.Delete(_box["fail"]);
        var (outcome, _) = await _maker.FinishAsync(part, null, _ => { }, default);
        Assert.True(outcome.Ok, outcome.Because);
        Assert.Equal(["run"], _box.Files($"releases/api/{Release}"));
    }

    private string Packed()
    {
        _box.Write("made/run", "#!/bin/sh");
        _box.Run("made", "tar", "-cf", _box["app.tar"], "run");
        return _box["app.tar"];
    }

    private static RolloutPart Part(string archive, params string[] build) =>
        Sourced.Part(Sourced.Declared(new ArchiveSourceSpec(archive, FileTree.HashFile(archive, default), SourceSpan.None), build), Release);
}

/// <summary>A release in which there is nothing to complain about.</summary>
internal sealed class NothingFound : IReleaseCheck
{
    public Task<ImmutableArray<Problem>> CheckAsync(string root, AppliedService service, bool built, CancellationToken token) => Task.FromResult(ImmutableArray<Problem>.Empty);
}
