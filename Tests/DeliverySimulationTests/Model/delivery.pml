/* Two letters on their way from an agency to an authority, and the answers back, over an axis that loses, doubles, reorders and lies,
 * with one crash of each end at any point. What a letter's states do comes from transitions.pml, which a test keeps equal
 * to OutgoingLetterMachine and IncomingLetterMachine.
 *
 *   spin -a delivery.pml && cc -O2 -w -DSAFETY -o pan pan.c && ./pan -m20000 -w24
 *
 * One step is what the connector makes durable in one transaction, or one call to the axis. What is not durable (busy,
 * answer) a crash forgets.
 */
#include "transitions.pml"

#define LETTERS 2
#ifndef TROUBLES
#define TROUBLES 1 /* how often the axis does wrong in one run; -DTROUBLES=2 takes minutes and gigabytes */
#endif

/* A transmission, as in DeliveryLedger. */
#define T_NONE 0
#define T_QUEUED 1
#define T_SENDING 2
#define T_UNKNOWN 3
#define T_SENT 4
#define T_REFUSED 5

/* What the axis answered. */
#define A_NOTHING 0
#define A_ACCEPTED 1
#define A_REFUSED 2
#define A_AGAIN 3
#define A_UNKNOWN 4

/* The agency's ledger. */
byte out[LETTERS] = O_QUEUED;
byte doc[LETTERS] = T_QUEUED; /* the transmission of the letter */
byte take[LETTERS]; /* the transmission of status 13 */
short heard[LETTERS]; /* statuses received, a bit per code */
/* The agency's memory: its outbox sends one letter at a time. */
byte busy = LETTERS;
byte answer = A_NOTHING;

/* The axis. */
bool taken[LETTERS]; /* stands in its list of what was sent */
byte waiting[LETTERS]; /* deliveries for the authority */
short news[LETTERS]; /* statuses for the agency, a bit per code */
bool takeWaiting[LETTERS];
byte troubles = TROUBLES;

/* The authority's ledger. */
byte received[LETTERS] = I_NONE;
short toTell[LETTERS];
short told[LETTERS];
bool takeHeard[LETTERS];
byte dossiers[LETTERS];
bool authorityMayDie = true;

/* Scratch of one step, no part of the state. */
hidden byte before, next, event;
hidden short flag;
hidden byte isRepeat;

#define trouble troubles > 0 -> troubles--

/* An event of a sent letter; one that does not belong to its state moves nothing. */
inline moveOut(e) {
  before = out[n];
  next = outNext[before * OUT_EVENTS + e];
  if
  :: next == 0
  :: else ->
    out[n] = next - 1;
    /* Nothing moves back: an end is an end, and what may have left is never again what has not, but for the axis' word. */
    assert(!outFinal[before] || out[n] == before);
    assert(outRank[before] == NO_RANK || outFinal[out[n]] || (out[n] == O_FAILED && outRank[before] == 0)
      || (out[n] != O_FAILED && outRank[out[n]] >= outRank[before]));
    /* Nobody shows an end that the other side does not know. */
    assert(out[n] != O_FINISHED || received[n] == I_FINISHED);
    assert(out[n] != O_REFUSED || received[n] == I_REFUSED);
    assert(out[n] != O_WITHDRAWN || received[n] == I_WITHDRAWN || received[n] == I_REFUSED)
  fi
}

inline moveIn(e) {
  before = received[n];
  next = inNext[before * IN_EVENTS + e];
  if
  :: next == 0
  :: else ->
    received[n] = next - 1;
    toTell[n] = toTell[n] | inTells[before * IN_EVENTS + e];
    assert(!inFinal[before] || received[n] == before);
    if
    :: received[n] == I_ACCEPTED && before != I_ACCEPTED -> dossiers[n]++; assert(dossiers[n] == 1)
    :: else
    fi
  fi
}

proctype Agency(byte n) {
end:
  do
  /* LetterPreparation's last step. */
  :: atomic { out[n] == O_SIGNED -> moveOut(E_PACKED); doc[n] = T_QUEUED }
  /* Ledger.beginAttempt */
  :: atomic { doc[n] == T_QUEUED && busy == LETTERS -> doc[n] = T_SENDING; busy = n }
  /* sendEdoc */
  :: atomic { busy == n && answer == A_NOTHING ->
      if
      :: taken[n] = true; waiting[n]++; answer = A_ACCEPTED
      :: trouble; taken[n] = true; waiting[n] = waiting[n] + 2; answer = A_ACCEPTED
      :: trouble; taken[n] = true; waiting[n]++; answer = A_UNKNOWN
      :: trouble; taken[n] = true; waiting[n]++; answer = A_AGAIN
      :: trouble; taken[n] = true; waiting[n]++; answer = A_REFUSED
      :: trouble; answer = A_UNKNOWN
      :: trouble; answer = A_AGAIN
      :: trouble; answer = A_REFUSED
      fi }
  /* Ledger.finishAttempt */
  :: atomic { busy == n && answer != A_NOTHING ->
      if
      :: answer == A_ACCEPTED -> doc[n] = T_SENT; moveOut(E_AXIS_ACCEPTED)
      :: answer == A_REFUSED -> doc[n] = T_REFUSED; moveOut(E_AXIS_REFUSED)
      :: answer == A_UNKNOWN -> doc[n] = T_UNKNOWN; moveOut(E_AXIS_OUTCOME_UNKNOWN)
      :: answer == A_AGAIN -> doc[n] = T_QUEUED
      fi;
      busy = LETTERS; answer = A_NOTHING }
  /* OutcomeReconciliation: its receiver answered, or the axis' list has it, or lacks it; what the list does not settle a
   * person does. */
  :: atomic { doc[n] == T_UNKNOWN ->
      if
      :: outFinal[out[n]] && out[n] != O_WITHDRAWN -> doc[n] = T_SENT
      :: outRank[out[n]] != NO_RANK && outRank[out[n]] > outRank[O_SENT] -> doc[n] = T_SENT
      :: else ->
        if
        :: taken[n] -> doc[n] = T_SENT; moveOut(E_AXIS_ACCEPTED)
        :: !taken[n] -> doc[n] = T_QUEUED; moveOut(E_RETRIED)
        :: taken[n] && troubles > 0 -> troubles--; doc[n] = T_QUEUED; moveOut(E_RETRIED)
        fi
      fi }
  /* SenderDesk.retry, by a person. */
  :: atomic { out[n] == O_FAILED -> moveOut(E_RETRIED_SIGNED) }
  /* StatusIntake.settle: statuses come in any order, and again; one about a letter that is being made again waits. */
  :: atomic { news[n] != 0 && out[n] != O_SIGNED ->
      if
      :: news[n] & TELL_01 -> flag = TELL_01; event = E_STATUS_01
      :: news[n] & TELL_02 -> flag = TELL_02; event = E_STATUS_02
      :: news[n] & TELL_03 -> flag = TELL_03; event = E_STATUS_03
      :: news[n] & TELL_04 -> flag = TELL_04; event = E_STATUS_04
      :: news[n] & TELL_06 -> flag = TELL_06; event = E_STATUS_06
      :: news[n] & TELL_15 -> flag = TELL_15; event = E_TAKEN_BACK
      :: news[n] & TELL_16 -> flag = TELL_16; event = E_STATUS_16
      fi;
      if
      :: news[n] = news[n] & ~flag
      :: trouble
      fi;
      isRepeat = ((heard[n] & flag) != 0);
      heard[n] = heard[n] | flag;
      if
      :: isRepeat || (flag == TELL_15 && take[n] == T_NONE)
      :: else -> moveOut(event)
      fi }
  /* SenderDesk.takeBack of the second letter, once; 13 leaves after the letter. */
  :: atomic { n == 1 && take[n] == T_NONE && outRank[out[n]] != NO_RANK && !outFinal[out[n]] -> take[n] = T_QUEUED }
  :: atomic { take[n] == T_QUEUED && doc[n] != T_QUEUED && doc[n] != T_SENDING && doc[n] != T_UNKNOWN ->
      if
      :: takeWaiting[n] = true; take[n] = T_SENT
      :: trouble; takeWaiting[n] = true
      :: trouble; takeWaiting[n] = true; take[n] = T_REFUSED
      :: trouble; take[n] = T_REFUSED
      fi }
  /* OutcomeDesk.resendStatus, by a person. */
  :: atomic { take[n] == T_REFUSED -> take[n] = T_QUEUED }
  od
}

/* SIGKILL, and what the start recovers. At any other point there is nothing in memory to be lost. */
proctype AgencyDies() {
  byte n;
end:
  atomic { busy != LETTERS ->
    busy = LETTERS; answer = A_NOTHING;
    for (n : 0 .. LETTERS - 1) {
      if
      :: doc[n] == T_SENDING -> doc[n] = T_UNKNOWN
      :: else
      fi
    }
    n = 0
  }
}

proctype Authority(byte n) {
end:
  do
  /* Mailbox.collect and Ledger.settleLetter. A delivery that is offered again, since `done` was lost or the process died
   * before it, is known by its transport id and changes nothing. */
  :: atomic { waiting[n] > 0 ->
      waiting[n]--;
      if
      :: received[n] == I_NONE ->
        received[n] = I_ARRIVED;
        if
        :: moveIn(F_JUDGED_ACCEPTABLE)
        :: n == 1 -> moveIn(F_JUDGED_DOUBTFUL)
        :: n == 0 -> moveIn(F_JUDGED_REFUSABLE)
        fi
      /* A copy is answered as the original was. */
      :: else -> toTell[n] = toTell[n] | told[n]
      fi }
  /* An officer's word. */
  :: atomic { received[n] == I_HELD -> if :: moveIn(F_JUDGED_ACCEPTABLE) :: moveIn(F_JUDGED_REFUSABLE) fi }
  :: atomic { received[n] == I_ACCEPTED || received[n] == I_ASSIGNED -> moveIn(F_FINISH) }
  /* StatusIntake.takeBack: 13 waits until its letter is here. */
  :: atomic { takeWaiting[n] && received[n] != I_NONE ->
      takeWaiting[n] = false;
      if
      :: takeHeard[n]
      :: else -> takeHeard[n] = true; moveIn(F_TAKEN_BACK)
      fi }
  /* A status: handed to the axis and written down as told; told again if its answer, or the process (SIGKILL), was lost
   * between the two. */
  :: atomic { toTell[n] != 0 ->
      flag = 1;
      do
      :: (toTell[n] & flag) == 0 -> flag = flag << 1
      :: else -> break
      od;
      if
      :: news[n] = news[n] | flag; toTell[n] = toTell[n] & ~flag; told[n] = told[n] | flag
      :: trouble
      :: trouble; news[n] = news[n] | flag
      :: authorityMayDie -> authorityMayDie = false; news[n] = news[n] | flag
      fi }
  od
}

/* When nothing more can happen nothing is forgotten, and both ends are of one mind. */
proctype Quiescence() {
  byte n;
end:
  timeout;
  for (n : 0 .. LETTERS - 1) {
    assert(received[n] != I_NONE && inFinal[received[n]]);
    assert(outFinal[out[n]]);
    assert(received[n] != I_FINISHED || (out[n] == O_FINISHED && dossiers[n] == 1));
    assert(received[n] != I_REFUSED || ((out[n] == O_REFUSED || out[n] == O_WITHDRAWN) && dossiers[n] == 0));
    assert(received[n] != I_WITHDRAWN || (out[n] == O_WITHDRAWN && dossiers[n] == 0))
  }
}

init {
  d_step { loadTransitions() }
  atomic { run Agency(0); run Agency(1); run AgencyDies(); run Authority(0); run Authority(1); run Quiescence() }
}
