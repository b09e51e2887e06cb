namespace Penstock.Engine.Operations;

/// <summary>Ends an execution that sleeps or waits; the job runs again from its beginning when it is time, skipping completed steps.</summary>
/// <remarks>Let it pass. Code that catches it changes nothing: the execution is suspended whatever it does afterwards.</remarks>
public sealed class JobSuspendedException() : Exception("The job waits; this execution ends here and another one goes on.");
