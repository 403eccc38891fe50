# docs/settling.png, from the folders that the commands in docs/settling.md leave in runs/settling
set terminal pngcairo size 1100,460 font "sans,10"
set output "settling.png"
set datafile separator ","
folder = "../runs/settling/"
row(topology) = "< tail -qn1 ".folder.topology."-*/stability.csv"
worst(beta) = "< awk -F, 'NR > 1 { if ($4 > c[$2]) c[$2] = $4; n = $2 } END { for (t = 0; t <= n; ++t) print t \",\" c[t] }' ".folder."iterations-".beta."/trajectory.csv"
set multiplot layout 1,2
set grid
set logscale y
set key left top
set xlabel "spectral radius"
set ylabel "steps of the map to 1e-5 rms; settling time / tau"
set xrange [0:1.2]
set yrange [4:150]
plot row("layered") using 2:6 with linespoints pt 7 lc rgb "#1f5fa8" title "layered: steps, bare radius", \
     "" using 3:6 with linespoints pt 6 dt 2 lc rgb "#1f5fa8" title "and radius at equilibrium", \
     "" using 3:($12/10e-9) with linespoints pt 4 dt 2 lc rgb "#5c6470" title "layered: inference's settling time", \
     row("residual") using 2:6 with linespoints pt 7 lc rgb "#c4501b" title "residual: steps, bare radius", \
     "" using 3:6 with linespoints pt 6 dt 2 lc rgb "#c4501b" title "and radius at equilibrium"
set key right top
set xlabel "step t of the map"
set ylabel "rms of s[t+1] - s[t], worst sample"
set xrange [1:1000]
set logscale x
set yrange [1e-7:1]
set format y "1e%T"
plot for [beta in "0.01 0.1 1"] worst(beta) using ($1+1):2 with lines lw 2 title "beta ".beta, \
     1e-5 with lines dt 2 lc rgb "#888888" title "settled"
unset multiplot
