# Sums CTest's logs over all test programs: a program that ends with "N passed, N failed[, N skipped]" counts so many
# tests, any other counts one; a program that failed without saying so (a crash, a time-out) counts one failure.
function end_program() {
  if (name == "") return
  if (bad && said_failed == 0) failed++
  else if (!bad && !said) passed++
  passed += said_passed; failed += said_failed; skipped += said_skipped
  name = ""
}
/^[0-9]+\/[0-9]+ Test(ing)?: / {
  if ($2 == "Testing:") { end_program(); name = $3; bad = gone; gone = said = said_passed = said_failed = said_skipped = 0 }
  next
}
name != "" && /^[0-9]+ passed, [0-9]+ failed/ {
  said = 1; said_passed = $1; said_failed = $3; said_skipped = NF >= 5 ? $5 : 0
}
# CTest says this before the test's own block, which then ends with "Test Passed.".
/^Unable to find executable/ { gone = 1 }
/^Test Failed\./ { bad = 1 }
END {
  end_program()
  printf "%d passed, %d failed%s\n", passed, failed, skipped ? ", " skipped " skipped" : ""
  exit failed > 0
}
