namespace UpgradeOps.ComposeUpdate;

/// <param name="Seconds">From the command to its end.</param>
/// <param name="Lost">Requests that failed or got no answer within a second.</param>
/// <param name="Gap">Longest time between two good answers, in seconds.</param>
internal sealed record Measure(double Seconds, double Lost, double Gap)
{
    public static string Median(IReadOnlyList<Measure> all) =>
        $"{Middle(all, m => m.Seconds),6:0.00} s   {Middle(all, m => m.Lost),5:0} requests lost   longest gap {Middle(all, m => m.Gap):0.00} s";

    public static double Ratio(IReadOnlyList<Measure> a, IReadOnlyList<Measure> b, Func<Measure, double> of) => Middle(a, of) / Math.Max(Middle(b, of), double.Epsilon);

    private static double Middle(IReadOnlyList<Measure> all, Func<Measure, double> of) => all.Select(of).Order().ElementAt(all.Count / 2);
}
