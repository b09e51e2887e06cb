namespace Penstock.Simulation.Faults;

internal enum FaultKind
{
    ErrorBeforeCommit,
    RolledBack,
    ErrorAfterCommit,
    SlowRequest,
    SlowAnswer,
    FailedRead,
    StoreOutage,
    CutOff,
    Pause,
    Death,
    Drain,
    LostWakeUp,
    DuplicateWakeUp,
    LateWakeUp,
    ClockSet,
}
