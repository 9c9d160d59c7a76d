namespace UpgradeOps.Engine.Tests.Releases.Doubles;

internal static class Expect
{
    /// <summary>A typed error with a target and a next action, whose message holds all the parts.</summary>
    public static async Task<AppException> ErrorAsync(string errorId, Func<Task> act, params string[] parts)
    {
        var error = await Assert.ThrowsAsync<AppException>(act);
        Assert.True(errorId == error.ErrorId, $"{error.ErrorId}: {error.Message}");
        foreach (var part in parts)
            Assert.Contains(part, error.Message, StringComparison.Ordinal);
        Assert.NotNull(error.Error.Target);
        Assert.NotNull(error.Error.RecommendedAction);
        return error;
    }
}
