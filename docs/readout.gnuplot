# docs/readout.png, from readout.csv
set terminal pngcairo size 1100,440 font "sans,10"
set output "readout.png"
set datafile separator ","
best(readout) = "< awk -F, -v r=".readout." '$2 == r && $1 > 0 && $3 == 1 { if ($5 > b[$1]) b[$1] = $5 } END { for (i = 4; i <= 12; ++i) if (i in b) print i \",\" b[i] }' readout.csv"
curve(bits, readout) = "< awk -F, '$1 == ".bits." && $2 == \"".readout."\" { n[$4]++; s[$4] += $5 } END { for (e = 1; e <= 20; ++e) print e \",\" s[e] / n[e] }' readout.csv"
exact = real(system("awk -F, '$1 == 0 && $3 == 1 && $5 > b { b = $5 } END { print b }' readout.csv"))
set multiplot layout 1,2
set grid
set key right bottom
set yrange [70:100]
set ylabel "test accuracy, %"
set xlabel "bits of the ADCs"
set xrange [3.5:12.5]
plot 100 * exact with lines dt 2 lc rgb "#5c6470" title "exact converters", \
     best("difference") using 1:(100 * $2) with linespoints pt 7 lc rgb "#1f5fa8" title "difference, amplified", \
     best("absolute") using 1:(100 * $2) with linespoints pt 7 lc rgb "#c4501b" title "both states at full scale"
set xlabel "epoch"
set xrange [1:20]
plot curve("0", "difference") using 1:(100 * $2) with lines dt 2 lc rgb "#5c6470" title "exact converters", \
     curve("8", "difference") using 1:(100 * $2) with linespoints pt 7 ps 0.6 lc rgb "#1f5fa8" title "8 bits, difference", \
     curve("8", "absolute") using 1:(100 * $2) with linespoints pt 7 ps 0.6 lc rgb "#c4501b" title "8 bits, full scale"
unset multiplot
